using System.Diagnostics;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// A request's W3C trace context: its client's trace, or a new one where that sent none or a malformed one. Where nobody collects spans the framework makes no activity
/// (<see cref="Authentication.QuietRequestLog"/>), so this says what it would have said.
/// </summary>
internal static class RequestTrace
{
    // Version, trace, span and flags, and the dashes between them (Trace Context, section 3.2).
    private const int TraceAt = 3;
    private const int TraceLength = 32;
    private const int SpanAt = TraceAt + TraceLength + 1;
    private const int SpanLength = 16;
    private const int FlagsAt = SpanAt + SpanLength + 1;

    // Of the flags of version 00: "sampled", and "random" of the trace, which goes with it (Level 2, section 3.2.2.5).
    private const int KnownFlags = 0b11;

    private static readonly object Key = new();

    /// <summary>The trace's id: 32 hexadecimal digits.</summary>
    public static string IdOf(HttpContext context) => ParentOf(context).Substring(TraceAt, TraceLength);

    /// <summary>The <c>traceparent</c> that back ends are told: the same each time it is asked for.</summary>
    public static string ParentOf(HttpContext context)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id }) return id;
        if (context.Items.TryGetValue(Key, out var made)) return (string)made!;
        var parent = string.Create(FlagsAt + 2, (Client: OfClient(context, out var flags), Flags: flags), static (text, known) => Write(text, known.Client, known.Flags));
        context.Items[Key] = parent;
        return parent;
    }

    /// <summary>Whether it is the client's trace, so that what the client sent along with it (<c>tracestate</c>) holds.</summary>
    public static bool IsOfClient(HttpContext context) =>
        OfClient(context, out _) is { } client && client.AsSpan(TraceAt, TraceLength).SequenceEqual(ParentOf(context).AsSpan(TraceAt, TraceLength));

    private static string? OfClient(HttpContext context, out ActivityTraceFlags flags)
    {
        flags = ActivityTraceFlags.None;
        if (context.Request.Headers.TraceParent is not [{ } sent] || !ActivityContext.TryParse(sent, traceState: null, isRemote: true, out var parsed)) return null;
        flags = parsed.TraceFlags;
        return sent;
    }

    private static void Write(Span<char> text, string? client, ActivityTraceFlags flags)
    {
        Span<byte> random = stackalloc byte[(TraceLength + SpanLength) / 2];
        // Unique is enough, nobody has to be kept from guessing it.
        Random.Shared.NextBytes(random);
        // A trace or a span of zeros alone is none.
        random[0] |= 1;
        random[^1] |= 1;

        text.Fill('-');
        "00".CopyTo(text);
        if (client is null) Convert.TryToHexStringLower(random[..(TraceLength / 2)], text[TraceAt..], out _);
        else client.AsSpan(TraceAt, TraceLength).CopyTo(text[TraceAt..]);
        Convert.TryToHexStringLower(random[(TraceLength / 2)..], text[SpanAt..], out _);
        text[FlagsAt] = '0';
        text[FlagsAt + 1] = (char)('0' + ((int)flags & KnownFlags));
    }
}
