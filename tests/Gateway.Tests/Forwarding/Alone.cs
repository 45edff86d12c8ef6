using Xunit;

namespace FrontDoor.Gateway.Tests.Forwarding;

/// <summary>Runs when no other test does: it counts what the whole process does or takes.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
