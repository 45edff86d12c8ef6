using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.Tests;

/// <summary>A token taken apart by hand, without the library that made it.</summary>
public sealed record Jwt(string Header, string Payload, byte[] Signature)
{
    public static Jwt Read(string token)
    {
        var parts = token.Split('.');
        return new Jwt(Base64UrlEncoder.Decode(parts[0]), Base64UrlEncoder.Decode(parts[1]), Base64UrlEncoder.DecodeBytes(parts[2]));
    }

    /// <summary>A header member or claim of a token.</summary>
    public static string? Claim(string token, string name) => Read(token).Claim(name);

    public string? Claim(string name) => JsonElement.Parse(Payload).TryGetProperty(name, out var value) ? value.ToString() : null;

    public long Time(string name) => JsonElement.Parse(Payload).GetProperty(name).GetInt64();

    public IReadOnlyList<string> Names => [.. JsonElement.Parse(Payload).EnumerateObject().Select(p => p.Name)];

    /// <summary>The token again, with parts changed and the signature left as it was.</summary>
    public string With(string? header = null, string? payload = null, byte[]? signature = null) =>
        $"{Base64UrlEncoder.Encode(header ?? Header)}.{Base64UrlEncoder.Encode(payload ?? Payload)}.{Base64UrlEncoder.Encode(signature ?? Signature)}";
}
