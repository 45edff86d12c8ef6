using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Threads on which passwords are hashed, and nothing else: the operating system gives them a processor when nobody else wants it. A hash that has not come to its end
/// within a second, because the machine has nothing to spare, is begun again on a thread that gets a tenth of one; where a tenth is too little, too, since many others want
/// the processors, the caller does it: sign-ins slow down, but never stop. As many threads of either kind as the <see cref="HashingGate"/> lets through.
/// </summary>
internal sealed class HashingThreads : IDisposable
{
    // The weight of a thread halves with every three steps; ten leave a tenth beside a busy one of the usual priority.
    private const int StepsDown = 10;

    // Several times what a hash takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Several times what it takes with a tenth of a processor.
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(4);

    private readonly BlockingCollection<Action> _spare = [];
    private readonly BlockingCollection<Action> _late = [];
    private readonly Thread[] _threads;

    public HashingThreads(IOptions<UserOptions> options)
    {
        _threads =
        [
            .. Enumerable.Range(0, options.Value.EffectiveConcurrentHashes).SelectMany(i => new[]
            {
                new Thread(() => Run(_spare, Idle)) { Name = $"{nameof(HashingThreads)} {i}", IsBackground = true },
                new Thread(() => Run(_late, StepDown)) { Name = $"{nameof(HashingThreads)} late {i}", IsBackground = true },
            }),
        ];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Keeps the calling thread, as the hash itself would.</summary>
    /// <param name="hash">Changes nothing: on a busy machine it may run three times.</param>
    public T Run<T>(Func<T> hash)
    {
        var done = new TaskCompletionSource<T>();
        _spare.Add(Once);
        if (Task.WaitAny([done.Task], Patience) < 0)
        {
            _late.Add(Once);
            if (Task.WaitAny([done.Task], LastPatience) < 0) Once();
        }

        return done.Task.GetAwaiter().GetResult();

        void Once()
        {
            if (done.Task.IsCompleted) return;
            try
            {
                done.TrySetResult(hash());
            }
            catch (Exception e)
            {
                done.TrySetException(e);
            }
        }
    }

    public void Dispose()
    {
        _spare.CompleteAdding();
        _late.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
    }

    private static void Run(BlockingCollection<Action> hashes, Action lower)
    {
        if (OperatingSystem.IsLinux()) lower();
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        foreach (var hash in hashes.GetConsumingEnumerable()) hash();
    }

    // .NET ignores Thread.Priority on Linux, where both belong to a thread. Neither can be taken back without privileges, so the thread must be ours alone. A refusal (a
    // sandbox may forbid the calls) leaves the usual priority, which is no fault.
    private static void Idle()
    {
        const int Policy = 5; // SCHED_IDLE
        var priority = 0; // the only one that it has
        if (SetScheduler(0, Policy, ref priority) != 0) StepDown(); // musl has no such call
    }

    private static void StepDown()
    {
        const int ThisThread = 0; // PRIO_PROCESS with id 0, see setpriority(2), "C library/kernel differences"
        _ = SetPriority(0, ThisThread, GetPriority(0, ThisThread) + StepsDown);
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetScheduler(int thread, int policy, ref int priority);

    [DllImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetPriority(int which, uint who);

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
}
