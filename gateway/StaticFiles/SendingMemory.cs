namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// Bounds what answers under way hold in memory beside the cache: what it let go, or never kept, lives on until its slowest reader has it.
/// Beyond the bound answers come from disk.
/// </summary>
/// <param name="max">Bytes.</param>
internal sealed class SendingMemory(long max)
{
    private long _bytes;

    /// <summary>Bytes of all contents that are being sent, each counted once.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <returns>False when this form has to be sent from disk; otherwise it is to be given back.</returns>
    public bool TryTake(Representation form)
    {
        if (form.AddSender() > 1 || Interlocked.Add(ref _bytes, form.Length) <= max) return true;
        GiveBack(form);
        return false;
    }

    public void GiveBack(Representation form)
    {
        if (form.RemoveSender() == 0) Interlocked.Add(ref _bytes, -form.Length);
    }
}
