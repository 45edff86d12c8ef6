using System.Globalization;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class HashingThreadsTests : IDisposable
{
    private const int Idle = 5; // SCHED_IDLE

    // Asked again and again, and for long, since a thread that the system puts last does not run in time while other tests want every processor.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HashingThreads _threads = new(Options.Create(new UserOptions { ConcurrentHashes = 1 }));

    public void Dispose() => _threads.Dispose();

    [Fact]
    public async Task Hash_RunsOnAThreadThatTheSystemPutsLast_AndNoOtherIsTouched()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells a thread's priority by a file");
        await Until.TrueAsync(RunsOnAnIdleThread, "a hash runs where the system puts it last", Patience);

        bool RunsOnAnIdleThread()
        {
            var before = Policy();
            var ran = _threads.Run(Policy);
            Assert.Equal(before, Policy());
            return ran == Idle;
        }
    }

    [Fact]
    public async Task HashThatGetsNoTime_IsDoneByItsCaller_AndALaterOneIsNot()
    {
        var (caller, cancellation) = (Environment.CurrentManagedThreadId, TestContext.Current.CancellationToken);
        using var later = new ManualResetEventSlim();
        Assert.Equal(caller, _threads.Run(() =>
        {
            if (Environment.CurrentManagedThreadId != caller) later.Wait(Until.Patience, cancellation);
            return Environment.CurrentManagedThreadId;
        }));
        later.Set();
        await Until.TrueAsync(IsOnAnotherThread, "a hash runs on another thread", Patience);

        bool IsOnAnotherThread()
        {
            var here = Environment.CurrentManagedThreadId;
            return _threads.Run(() => Environment.CurrentManagedThreadId != here);
        }
    }

    [Fact]
    public void HashThatGetsNoTime_DoesNotHoldUpTheEnd()
    {
        var (caller, cancellation) = (Environment.CurrentManagedThreadId, TestContext.Current.CancellationToken);
        using var later = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        using var over = new ManualResetEventSlim();
        Assert.True(_threads.Run(() =>
        {
            if (Environment.CurrentManagedThreadId == caller) return begun.Wait(Patience, cancellation);
            begun.Set();
            later.Wait(Patience, cancellation);
            over.Set();
            return false;
        }));
        _threads.Dispose();
        Assert.False(over.IsSet);
        later.Set();
        Assert.True(over.Wait(Patience, cancellation));
    }

    [Fact]
    public void HashThatThrows_ThrowsAtItsCaller_AndTheNextOneRuns()
    {
        Assert.Throws<FormatException>(() => _threads.Run<int>(() => throw new FormatException()));
        Assert.Equal(1, _threads.Run(() => 1));
    }

    // proc(5): after the name in parentheses, which may hold spaces, the policy is the 39th field.
    private static int Policy()
    {
        var text = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[38], CultureInfo.InvariantCulture);
    }
}
