using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace FrontDoor.Gateway.Streams;

/// <summary>The request that opens a WebSocket and the answer to it (RFC 6455 section 4).</summary>
internal static class WebSocketHandshake
{
    public const string Version = "13";

    private const string Protocol = "websocket";
    private const int NonceBytes = 16;

    /// <summary>HTTP/1.1 asks by a field, HTTP/2 by extended CONNECT (RFC 8441 section 4).</summary>
    public static bool IsOne(HttpContext context) => ExtendedConnect(context) is { } connect
        ? connect.Protocol == Protocol
        : context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && context.Request.Headers.Upgrade.ToString().Equals(Protocol, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a handshake is a GET with a nonce (RFC 6455 section 4.1). HTTP/2 needs neither (RFC 8441 section 5).</summary>
    public static bool IsWhole(HttpContext context) => ExtendedConnect(context) is not null
        || (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.SecWebSocketKey is [{ } nonce] && IsNonce(nonce));

    public static bool IsOfKnownVersion(HttpContext context) => context.Request.Headers.SecWebSocketVersion is [Version];

    /// <summary>Whether a back end is asked for one.</summary>
    public static bool IsAskedBy(HttpRequestMessage request) => request.Headers.Upgrade.ToString().Equals(Protocol, StringComparison.OrdinalIgnoreCase);

    /// <summary>Section 4.1: whether an answer comes from somebody who has read the request's key.</summary>
    public static bool IsAcceptedBy(HttpResponseMessage answer, HttpRequestMessage request) =>
        Only(request.Headers, "Sec-WebSocket-Key") is { } key && Only(answer.Headers, "Sec-WebSocket-Accept") == AcceptOf(key);

    private static IHttpExtendedConnectFeature? ExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect ? connect : null;

    private static bool IsNonce(string text)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        return Convert.TryFromBase64String(text, nonce, out var length) && length == NonceBytes;
    }

    private static string? Only(HttpHeaders fields, string name) => fields.TryGetValues(name, out var values) && values.ToArray() is [var only] ? only.Trim() : null;

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 section 4.2.2 prescribes SHA-1; it protects nothing")]
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
