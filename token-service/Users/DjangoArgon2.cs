using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace FrontDoor.TokenService.Users;

/// <summary><c>argon2$argon2id$v=19$m=102400,t=2,p=8$salt$hash</c> (RFC 9106), and Django's former <c>argon2i</c>.</summary>
internal sealed partial record DjangoArgon2(int Type, int Kibibytes, int Passes, int Lanes, byte[] Salt, byte[] Hash) : DjangoHash
{
    private const int MostKibibytes = 256 * 1024;
    private const int MostWork = 1024 * 1024; // memory times passes; five times what Django asks for
    private const int MostLanes = 16;

    [GeneratedRegex(@"^m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\z")]
    private static partial Regex Parameters();

    public static DjangoArgon2? Parse(string[] parts)
    {
        if (parts is not [_, "argon2id" or "argon2i", "v=19", var parameters, var salt, var hash]) return null;
        if (Parameters().Match(parameters) is not { Success: true, Groups: var groups }) return null;
        var (memory, passes, lanes) = (Number(groups[1].Value), Number(groups[2].Value), Number(groups[3].Value));
        if (lanes is < 1 or > MostLanes || passes < 1 || memory < 8 * lanes || memory > MostKibibytes || (long)memory * passes > MostWork) return null;
        return Base64(salt, 8, 64) is { } saltBytes && Base64(hash, 16, 64) is { } hashBytes
            ? new DjangoArgon2(parts[1] == "argon2id" ? Argon2Parameters.Argon2id : Argon2Parameters.Argon2i, memory, passes, lanes, saltBytes, hashBytes)
            : null;
    }

    public override bool Matches(string password)
    {
        var generator = new Argon2BytesGenerator();
        generator.Init(new Argon2Parameters.Builder(Type).WithVersion(Argon2Parameters.Version13)
            .WithMemoryAsKB(Kibibytes).WithIterations(Passes).WithParallelism(Lanes).WithSalt(Salt).Build());
        var hash = new byte[Hash.Length];
        generator.GenerateBytes(Encoding.UTF8.GetBytes(password), hash);
        return CryptographicOperations.FixedTimeEquals(Hash, hash);
    }
}
