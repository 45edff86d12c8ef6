using Microsoft.AspNetCore.Http.Features;

namespace FrontDoor.Gateway.Streams;

/// <summary>Recognises the request that opens a WebSocket.</summary>
internal static class WebSocketHandshake
{
    /// <summary>HTTP/1.1 asks by a field, HTTP/2 by extended CONNECT (RFC 8441 section 4).</summary>
    public static bool IsOne(HttpContext context) => context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
        ? connect.Protocol == "websocket"
        : context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);
}
