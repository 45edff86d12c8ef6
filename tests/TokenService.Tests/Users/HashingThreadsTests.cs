using System.Globalization;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class HashingThreadsTests : IDisposable
{
    private const int Idle = 5; // SCHED_IDLE

    private readonly HashingThreads _threads = new(Options.Create(new UserOptions { ConcurrentHashes = 1 }));

    public void Dispose() => _threads.Dispose();

    [Fact]
    public void Hash_RunsOnAThreadThatTheSystemPutsLast_AndNoOtherIsTouched()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells a thread's priority by a file");
        var before = Priority();
        Assert.Equal(Idle, _threads.Run(Priority).Policy);
        Assert.Equal(before, Priority());
    }

    [Fact]
    public void HashThatGetsNoTime_IsBegunAgainWithAShare()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells a thread's priority by a file");
        var cancellation = TestContext.Current.CancellationToken;
        using var later = new ManualResetEventSlim();
        var started = 0;
        var ran = _threads.Run(() =>
        {
            if (Interlocked.Increment(ref started) == 1) later.Wait(Until.Patience, cancellation);
            return Priority();
        });
        later.Set();
        Assert.Equal((0, Math.Min(Priority().Niceness + 10, 19)), ran);
        Assert.Equal(Idle, _threads.Run(Priority).Policy);
    }

    [Fact]
    public void HashThatGetsNoTimeEitherWay_IsDoneByItsCaller()
    {
        var (caller, cancellation) = (Environment.CurrentManagedThreadId, TestContext.Current.CancellationToken);
        using var later = new ManualResetEventSlim();
        Assert.Equal(caller, _threads.Run(() =>
        {
            if (Environment.CurrentManagedThreadId != caller) later.Wait(Until.Patience, cancellation);
            return Environment.CurrentManagedThreadId;
        }));
        later.Set();
    }

    [Fact]
    public void HashThatThrows_ThrowsAtItsCaller_AndTheNextOneRuns()
    {
        Assert.Throws<FormatException>(() => _threads.Run<int>(() => throw new FormatException()));
        Assert.Equal(1, _threads.Run(() => 1));
    }

    // proc(5): after the name in parentheses, which may hold spaces, niceness is the 17th field and the policy the 39th.
    private static (int Policy, int Niceness) Priority()
    {
        var text = File.ReadAllText("/proc/thread-self/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[38], CultureInfo.InvariantCulture), int.Parse(fields[16], CultureInfo.InvariantCulture));
    }
}
