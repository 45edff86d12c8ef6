using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace FrontDoor.Gateway.Streams;

/// <summary>The request that opens a WebSocket and the answer to it (RFC 6455 section 4).</summary>
internal static class WebSocketHandshake
{
    private const string Protocol = "websocket";

    /// <summary>HTTP/1.1 asks by a field, HTTP/2 by extended CONNECT (RFC 8441 section 4).</summary>
    public static bool IsOne(HttpContext context) => context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
        ? connect.Protocol == Protocol
        : context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && context.Request.Headers.Upgrade.ToString().Equals(Protocol, StringComparison.OrdinalIgnoreCase);

    /// <summary>Section 4.2.1: method, version 13 and a key of 16 bytes.</summary>
    public static bool IsWhole(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers.SecWebSocketVersion is ["13"]
        && request.Headers.SecWebSocketKey is [{ Length: 24 } key]
        && Convert.TryFromBase64String(key, stackalloc byte[18], out var length) && length == 16;

    /// <summary>Section 4.1: whether an answer comes from somebody who has read the key.</summary>
    public static bool IsAcceptedBy(HttpResponseMessage answer, HttpRequest request) =>
        answer.Headers.TryGetValues("Sec-WebSocket-Accept", out var accepted) && accepted.ToArray() is [var only] && only.Trim() == AcceptOf(request.Headers.SecWebSocketKey.ToString());

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 section 4.2.2 prescribes SHA-1; it protects nothing")]
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
