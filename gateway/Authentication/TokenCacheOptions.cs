using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

/// <summary>How many validated tokens are remembered. Section <c>TokenCache</c>.</summary>
internal sealed record TokenCacheOptions
{
    public const string Section = "TokenCache";

    /// <summary>Most entries. Default 20,000; 0 switches the cache off; at most 10,000,000.</summary>
    public int MaxEntries { get; init; } = 20_000;

    /// <summary>
    /// Most memory that entries keep alive, in bytes, estimated. Default 128 MiB; at least 1 MiB. The tokens that connections repeat are kept beside them, the texts as well: 13 MiB at most, none where
    /// this is less than 52 MiB or <see cref="MaxEntries"/> less than 1,024.
    /// </summary>
    public long MaxBytes { get; init; } = 128 * 1024 * 1024;
}

internal sealed class TokenCacheOptionsValidator : IValidateOptions<TokenCacheOptions>
{
    public ValidateOptionsResult Validate(string? name, TokenCacheOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.MaxEntries is < 0 or > 10_000_000) faults.AddError($"TokenCache:MaxEntries is {options.MaxEntries}; it must be from 0 to 10000000");
        if (options.MaxBytes < 1024 * 1024) faults.AddError($"TokenCache:MaxBytes is {options.MaxBytes}; it must be at least 1048576");
        return faults.Build();
    }
}
