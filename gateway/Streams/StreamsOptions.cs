using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Streams;

/// <summary>What ends a stream (WebSocket, server-sent events, gRPC, any answer without a length) that a token opened.</summary>
internal enum StreamEnd
{
    /// <summary>The token's expiry, and whatever revokes the token. The default.</summary>
    Token,

    /// <summary>Only what revokes the token: sign-out, its key withdrawn. The stream may outlive the token's <c>exp</c>.</summary>
    Revocation,

    /// <summary>Nothing: the stream lives as long as client and back end keep it.</summary>
    Never,
}

/// <summary>How long streams live. Section <c>Streams</c>.</summary>
internal sealed record StreamsOptions
{
    public const string Section = "Streams";

    /// <summary><c>Token</c>, <c>Revocation</c> or <c>Never</c>. Default <c>Token</c>.</summary>
    public StreamEnd EndWith { get; init; }

    /// <summary>The same for single routes, by route id. Default none.</summary>
    public IReadOnlyDictionary<string, StreamEnd> Routes { get; init; } = new Dictionary<string, StreamEnd>();

    public StreamEnd For(string route) =>
        Routes.Where(r => r.Key.Equals(route, StringComparison.OrdinalIgnoreCase)).Select(r => (StreamEnd?)r.Value).FirstOrDefault() ?? EndWith;
}

internal sealed class StreamsOptionsValidator : IValidateOptions<StreamsOptions>
{
    public ValidateOptionsResult Validate(string? name, StreamsOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        // The binder takes any number for an enumeration.
        if (!Enum.IsDefined(options.EndWith)) faults.AddError(Illegal("Streams:EndWith", options.EndWith));
        foreach (var (route, end) in options.Routes.Where(r => !Enum.IsDefined(r.Value))) faults.AddError(Illegal($"Streams:Routes:{route}", end));
        return faults.Build();
    }

    private static string Illegal(string path, StreamEnd value) => $"{path} is {value}; legal values are {string.Join(", ", Enum.GetNames<StreamEnd>())}";
}
