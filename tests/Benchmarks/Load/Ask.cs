namespace FrontDoor.Benchmarks.Load;

/// <summary>What a load sends, again and again.</summary>
internal sealed record Ask(string Path)
{
    /// <summary>The status that every answer must have.</summary>
    public int Status { get; init; } = 200;

    public string? Token { get; init; }

    /// <summary>Tokens to take in turn, instead of one.</summary>
    public IReadOnlyList<string>? Tokens { get; init; }

    /// <summary>How many tokens to make for each run, each of which is sent once; null for none.</summary>
    public int? FirstSeen { get; init; }

    public bool Gzip { get; init; }

    /// <summary>JSON to post.</summary>
    public string? Body { get; init; }

    /// <summary>How many connections at most; null for the usual number.</summary>
    public int? Lanes { get; init; }

    /// <summary>Over TLS.</summary>
    public bool Secure { get; init; }

    /// <summary>Whether the answer is the party's own, not the back end's or a file's.</summary>
    public bool HasOwnAnswer { get; init; }
}
