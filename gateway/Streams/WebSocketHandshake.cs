using Microsoft.AspNetCore.Http.Features;

namespace FrontDoor.Gateway.Streams;

/// <summary>Recognises the request that opens a WebSocket.</summary>
internal static class WebSocketHandshake
{
    public const string Version = "13";

    private const int NonceBytes = 16;

    /// <summary>HTTP/1.1 asks by a field, HTTP/2 by extended CONNECT (RFC 8441 section 4).</summary>
    public static bool IsOne(HttpContext context) => ExtendedConnect(context) is { } connect
        ? connect.Protocol == "websocket"
        : context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a handshake is a GET with a nonce (RFC 6455 section 4.1). HTTP/2 needs neither (RFC 8441 section 5).</summary>
    public static bool IsWhole(HttpContext context) => ExtendedConnect(context) is not null
        || (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.SecWebSocketKey is [{ } nonce] && IsNonce(nonce));

    public static bool IsOfKnownVersion(HttpContext context) => context.Request.Headers.SecWebSocketVersion is [Version];

    private static IHttpExtendedConnectFeature? ExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect ? connect : null;

    private static bool IsNonce(string text)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        return Convert.TryFromBase64String(text, nonce, out var length) && length == NonceBytes;
    }
}
