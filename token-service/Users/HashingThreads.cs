using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Threads on which passwords are hashed, and nothing else: the operating system gives them a processor when nobody else wants it. A hash that has not come to its end
/// within <see cref="Patience"/>, because the machine has nothing to spare, is done by its caller, at the usual priority: sign-ins slow down, but never stop. As many threads
/// as the <see cref="HashingGate"/> lets through.
/// </summary>
internal sealed class HashingThreads : IDisposable
{
    // Several times what a hash takes. It bounds what sign-ins may take from refreshes on a full machine, too: a hash of 0.1 s after each second of waiting is a tenth of a processor.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly BlockingCollection<Action> _hashes = [];

    public HashingThreads(IOptions<UserOptions> options)
    {
        for (var i = 0; i < options.Value.EffectiveConcurrentHashes; i++)
            new Thread(Work) { Name = $"{nameof(HashingThreads)} {i}", IsBackground = true }.Start();
    }

    /// <summary>Keeps the calling thread, as the hash itself would.</summary>
    /// <param name="hash">Changes nothing: on a busy machine it may run twice.</param>
    public T Run<T>(Func<T> hash)
    {
        var done = new TaskCompletionSource<T>();
        _hashes.Add(Once);
        if (Task.WaitAny([done.Task], Patience) < 0) Once();
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

    // Nobody waits for the threads: a hash that gets no time would hold up the end of the process, which does not need it.
    public void Dispose() => _hashes.CompleteAdding();

    private void Work()
    {
        if (OperatingSystem.IsLinux()) GoIdle();
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        foreach (var hash in _hashes.GetConsumingEnumerable()) hash();
    }

    // .NET ignores Thread.Priority on Linux, where policy and niceness belong to a thread. Neither can be taken back without privileges, so the thread must be ours alone. A
    // refusal (a sandbox may forbid the calls) leaves the usual priority, which is no fault.
    private static void GoIdle()
    {
        const int Policy = 5; // SCHED_IDLE
        var priority = 0; // the only one that it has
        if (SetScheduler(0, Policy, ref priority) == 0) return;
        const int LeastShare = 19; // musl has no such call; beside a busy thread of the usual priority this niceness leaves a seventieth
        const int ThisThread = 0; // PRIO_PROCESS with id 0, see setpriority(2), "C library/kernel differences"
        _ = SetPriority(0, ThisThread, LeastShare);
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetScheduler(int thread, int policy, ref int priority);

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
}
