using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TestKit;

/// <summary>Secrets and tokens of HMAC algorithms, by the platform's cryptography alone.</summary>
public static class Hmac
{
    /// <summary>The secret that goes with this kid in every file of the tests: 64 bytes, enough for each algorithm.</summary>
    public static byte[] KeyOf(string kid) => SHA512.HashData(Encoding.UTF8.GetBytes(kid));

    /// <summary>A compact JWS.</summary>
    /// <param name="key">The secret.</param>
    /// <param name="header">Has <c>alg</c>, which tells the hash; another one than HS384 and HS512 means SHA-256.</param>
    /// <param name="claims">The payload.</param>
    public static string Sign(byte[] key, IReadOnlyDictionary<string, object?> header, IReadOnlyDictionary<string, object?> claims)
    {
        var input = $"{Base64UrlEncoder.Encode(JsonSerializer.Serialize(header))}.{Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims))}";
        return $"{input}.{Signature(key, $"{header["alg"]}", input)}";
    }

    /// <summary>The third part of a token whose first two are these.</summary>
    public static string Signature(byte[] key, string algorithm, string input)
    {
        var bytes = Encoding.ASCII.GetBytes(input);
        return Base64UrlEncoder.Encode(algorithm switch
        {
            "HS384" => HMACSHA384.HashData(key, bytes),
            "HS512" => HMACSHA512.HashData(key, bytes),
            _ => HMACSHA256.HashData(key, bytes),
        });
    }

    /// <summary>Writes a secret file, the members as <c>kid:alg</c>, in one step as the command does.</summary>
    public static string WriteSecrets(this TestFolder folder, string name, string current, string? next = null, string? previous = null)
    {
        var members = new[] { ("current", current), ("next", next), ("previous", previous) }.Where(m => m.Item2 is not null)
            .ToDictionary(m => m.Item1, m => Entry(m.Item2!));
        var part = folder.WritePrivate($"{name}.new", JsonSerializer.Serialize(members));
        File.Move(part, folder.File(name), overwrite: true);
        return folder.File(name);
    }

    /// <summary>Writes a file for its owner alone.</summary>
    public static string WritePrivate(this TestFolder folder, string name, string content)
    {
        var path = folder.Write(name, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static object Entry(string member)
    {
        var (kid, alg) = (member.Split(':')[0], member.Split(':')[1]);
        return new { kid, alg, secret = Convert.ToBase64String(KeyOf(kid)) };
    }
}
