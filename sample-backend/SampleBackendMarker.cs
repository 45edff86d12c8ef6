namespace FrontDoor.SampleBackend;

/// <summary>Names this assembly to a test host: every app here has a <c>Program</c> of its own, so that name would be ambiguous.</summary>
public sealed class SampleBackendMarker;
