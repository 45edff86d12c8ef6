using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Takes one named value out of a Cookie field or a query, and leaves the rest as it was written.</summary>
internal static class CredentialParts
{
    /// <returns>The values of all cookies of this name, and the field without them; empty for nothing left.</returns>
    public static (IReadOnlyList<string> Values, string Others) TakeCookie(StringValues field, string name)
    {
        var (values, rest) = (new List<string>(), new StringBuilder());
        foreach (var pair in field.SelectMany(line => line!.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair.AsSpan(0, equals).TrimEnd().SequenceEqual(name)) values.Add(pair[(equals + 1)..].Trim());
            else rest.Append(rest.Length > 0 ? "; " : "").Append(pair);
        }

        return (values, rest.ToString());
    }

    /// <returns>The values of all parameters of this name, however it is escaped, and the query without them.</returns>
    public static (IReadOnlyList<string> Values, QueryString Others) TakeParameter(QueryString query, string name)
    {
        var (values, rest) = (new List<string>(), new StringBuilder());
        foreach (var pair in (query.Value ?? "").TrimStart('?').Split('&'))
        {
            var parameter = new QueryStringEnumerable(pair).GetEnumerator();
            if (parameter.MoveNext() && parameter.Current.DecodeName().Span.SequenceEqual(name)) values.Add(parameter.Current.DecodeValue().ToString());
            else rest.Append(rest.Length > 0 ? '&' : '?').Append(pair);
        }

        return (values, rest.Length > 1 ? new QueryString(rest.ToString()) : QueryString.Empty);
    }
}
