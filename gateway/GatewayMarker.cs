namespace FrontDoor.Gateway;

/// <summary>Names this assembly to the tests, which see three apps with a <c>Program</c> each.</summary>
public sealed class GatewayMarker;
