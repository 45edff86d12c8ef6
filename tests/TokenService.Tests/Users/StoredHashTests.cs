using System.Buffers.Binary;
using System.Security.Cryptography;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

/// <summary>How a password is kept (OWASP Password Storage Cheat Sheet): PBKDF2-HMAC-SHA512, in the third format of ASP.NET Core Identity.</summary>
public sealed class StoredHashTests
{
    private const byte ThirdFormat = 0x01;
    private const uint HmacSha512 = 2;
    private const int Iterations = 123_456;

    [Fact]
    public void Iterations_AreByDefaultThoseOfOwasp() => Assert.Equal(210_000, new UserOptions().HashIterations);

    [Fact]
    public async Task StoredHash_IsOfSha512WithTheConfiguredIterationsAndASaltOfItsOwn()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Users:HashIterations"] = $"{Iterations}" });
        var stored = await app.QueryAsync(db => db.Users.Select(u => u.PasswordHash!).ToListAsync());
        Assert.Equal(2, stored.Select(SaltOf).Distinct().Count()); // of one password
    }

    private static string SaltOf(string stored)
    {
        var hash = Convert.FromBase64String(stored);
        Assert.Equal((ThirdFormat, HmacSha512, (uint)Iterations), (hash[0], Number(1), Number(5)));
        var salt = hash.AsSpan(13, (int)Number(9));
        var key = hash.AsSpan(13 + salt.Length);
        Assert.True(salt.Length >= 16 && key.Length >= 32, $"{salt.Length} bytes of salt, {key.Length} of key");
        Assert.Equal(Rfc2898DeriveBytes.Pbkdf2(TokenServiceApp.Password, salt, Iterations, HashAlgorithmName.SHA512, key.Length), key.ToArray());
        return Convert.ToHexString(salt);

        uint Number(int at) => BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(at));
    }
}
