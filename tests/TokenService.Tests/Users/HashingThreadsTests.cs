using System.Globalization;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class HashingThreadsTests : IDisposable
{
    private readonly HashingThreads _threads = new(Options.Create(new UserOptions { ConcurrentHashes = 1 }));

    public void Dispose() => _threads.Dispose();

    [Fact]
    public void Hash_RunsOnAThreadThatTheSystemPutsLast_AndNoOtherIsTouched()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells a thread's niceness by a file");
        var before = Niceness();
        Assert.Equal(Math.Min(before + 10, 19), _threads.Run(Niceness));
        Assert.Equal(before, Niceness());
    }

    [Fact]
    public void HashThatThrows_ThrowsAtItsCaller_AndTheNextOneRuns()
    {
        Assert.Throws<FormatException>(() => _threads.Run<int>(() => throw new FormatException()));
        Assert.Equal(1, _threads.Run(() => 1));
    }

    // proc(5): after the name in parentheses, which may hold spaces, niceness is the 17th field.
    private static int Niceness()
    {
        var fields = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(fields[(fields.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }
}
