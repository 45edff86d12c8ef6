using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FrontDoor.TokenService.Clients;

/// <summary>Makes and compares client secrets. Only their SHA-256 is stored: they are random, so there is nothing to guess that a slow hash would protect.</summary>
internal static class ClientSecrets
{
    /// <summary>By this, scanners of repositories and logs recognise a leaked one.</summary>
    public const string Prefix = "frontdoor_secret_";

    /// <summary>The fewest characters of a secret that somebody else made.</summary>
    public const int ShortestGiven = 32;

    private const int Bytes = 32;

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <returns>The secret in a file, without its trailing line break.</returns>
    public static string Read(string file) => File.ReadAllText(file).TrimEnd('\r', '\n');

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <param name="client">Null for an unknown one, which is told no sooner than a wrong secret.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static bool Matches(Client? client, string secret, long now)
    {
        var hash = Encoding.ASCII.GetBytes(Hash(secret));
        var current = IsEqual(hash, client?.SecretHash);
        var previous = IsEqual(hash, client?.PreviousSecretHash) && client?.PreviousSecretUntil > now;
        return current || previous;
    }

    private static bool IsEqual(byte[] hash, string? stored) => CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(stored ?? new string('-', hash.Length)));
}
