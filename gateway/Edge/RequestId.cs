using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Edge;

/// <summary>
/// The one name of a request: in the access log, in problem bodies, in the answer and at the back end. It is a trusted proxy's or new, so
/// no client can make two requests look like one.
/// </summary>
internal static class RequestId
{
    public const string Field = "X-Request-Id";

    private const int MaxLength = 128;

    private static readonly ulong Process = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private static long _count;

    public static void Assign(HttpContext context, bool fromTrustedProxy)
    {
        var id = fromTrustedProxy && IsLegal(context.Request.Headers[Field], out var given) ? given : New();
        context.TraceIdentifier = id;
        // At the end: an answer that was kept, or replaced by a file, has this request's id too.
        context.Response.OnStarting(Show, context);
    }

    // Unique is enough, nobody has to guess it: a random beginning for the process and a count. Random bytes for each would be a system call for each.
    private static string New() => string.Create(CultureInfo.InvariantCulture, $"{Process:x16}{Interlocked.Increment(ref _count):x16}");

    private static readonly Func<object, Task> Show = static state =>
    {
        var context = (HttpContext)state;
        context.Response.Headers[Field] = context.TraceIdentifier;
        return Task.CompletedTask;
    };

    private static bool IsLegal(StringValues field, out string id)
    {
        id = field.Count == 1 ? field[0]! : "";
        if (id.Length is 0 or > MaxLength) return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not '.' and not '_' and not '-') return false;
        }

        return true;
    }
}
