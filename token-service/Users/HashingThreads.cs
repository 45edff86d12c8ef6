using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Threads on which passwords are hashed, and nothing else: the operating system gives them a processor when nobody else wants it, or a tenth of one. As
/// many as the <see cref="HashingGate"/> lets through.
/// </summary>
internal sealed class HashingThreads : IDisposable
{
    // The weight of a thread halves with every three steps; ten leave a tenth beside a busy one of the usual priority.
    private const int StepsDown = 10;

    private readonly BlockingCollection<Action> _waiting = [];
    private readonly Thread[] _threads;

    public HashingThreads(IOptions<UserOptions> options)
    {
        _threads = [.. Enumerable.Range(0, options.Value.EffectiveConcurrentHashes).Select(i => new Thread(Run) { Name = $"{nameof(HashingThreads)} {i}", IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Keeps the calling thread, as the hash itself would.</summary>
    public T Run<T>(Func<T> hash)
    {
        var done = new TaskCompletionSource<T>();
        _waiting.Add(() =>
        {
            try
            {
                done.SetResult(hash());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _waiting.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
    }

    private void Run()
    {
        if (OperatingSystem.IsLinux()) StepDown();
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        foreach (var hash in _waiting.GetConsumingEnumerable()) hash();
    }

    /// <summary>.NET ignores <see cref="Thread.Priority"/> on Linux, where a niceness belongs to a thread. It never goes back up, so the thread must be ours alone.</summary>
    private static void StepDown()
    {
        const int ThisThread = 0; // PRIO_PROCESS with id 0, see setpriority(2), "C library/kernel differences"
        // A refusal (a sandbox may forbid the call) leaves the usual priority, which is no fault.
        _ = SetPriority(0, ThisThread, GetPriority(0, ThisThread) + StepsDown);
    }

    [DllImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetPriority(int which, uint who);

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
}
