using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Edge;

/// <summary>Limits that hold for every request. Section <c>Edge</c>. Kestrel's own limits can be set in <c>Kestrel:Limits</c>.</summary>
internal sealed record EdgeOptions
{
    public const string Section = "Edge";

    /// <summary>Largest request body in bytes; a larger one is 413. Default 30,000,000; at least 0.</summary>
    public long MaxRequestBodyBytes { get; init; } = 30_000_000;
}

internal sealed class EdgeOptionsValidator : IValidateOptions<EdgeOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeOptions options) => options.MaxRequestBodyBytes >= 0
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Edge:MaxRequestBodyBytes is {options.MaxRequestBodyBytes}; it must be at least 0");
}
