using System.Diagnostics;
using System.Security.Cryptography;
using FrontDoor.Benchmarks.Load;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>What OpenSSL takes for one ES256 signature, by way of .NET, on one thread: the floor of a token that is seen for the first time.</summary>
internal static class OneVerification
{
    public const string Name = "one ES256 verification";

    public static Entrant Entrant { get; } = new(Name, [], seconds => Task.FromResult(() => Task.Run(() => Run(seconds))));

    private static LoadResult Run(int seconds)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = RandomNumberGenerator.GetBytes(500);
        var signature = key.SignData(text, HashAlgorithmName.SHA256);
        GC.Collect(); // what others left is not its cost
        using var process = Process.GetCurrentProcess();
        var (start, before, verified) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime, 0L);
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            if (!key.VerifyData(text, signature, HashAlgorithmName.SHA256)) throw new BenchmarkException("a good signature was refused");
            verified++;
        }

        process.Refresh();
        return new LoadResult(verified, Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 0, 0, (process.TotalProcessorTime - before).TotalMicroseconds / verified);
    }
}
