using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;

namespace FrontDoor.TokenService.Users;

/// <summary><c>scrypt$salt$N$r$p$hash</c> (RFC 7914), as Django 4 and later write it.</summary>
internal sealed record DjangoScrypt(string Salt, int Cost, int BlockSize, int Lanes, byte[] Hash) : DjangoHash
{
    private const int MostMemory = 1024 * 1024; // N times r, in units of 128 bytes: 128 MiB
    private const int MostWork = 4 * MostMemory;

    public static DjangoScrypt? Parse(string[] parts)
    {
        if (parts is not [_, { Length: > 0 } salt, var n, var r, var p, var text]) return null;
        var (cost, block, lanes) = (Number(n), Number(r), Number(p));
        if (cost < 2 || !BitOperations.IsPow2(cost) || block is < 1 or > 32 || lanes is < 1 or > 16) return null;
        if ((long)cost * block > MostMemory || (long)cost * block * lanes > MostWork) return null;
        return Base64(text, 64, 64) is { } hash ? new DjangoScrypt(salt, cost, block, lanes, hash) : null;
    }

    public override bool Matches(string password) => CryptographicOperations.FixedTimeEquals(
        Hash, SCrypt.Generate(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(Salt), Cost, BlockSize, Lanes, Hash.Length));
}
