using System.Text;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Edge;

/// <summary>Reads RFC 7239's <c>Forwarded</c>, which the framework does not know.</summary>
internal static class ForwardedField
{
    /// <returns>
    /// The elements, the last one first; null when it does not follow the grammar of section 4, in a client's part, too: an open quote there would swallow the proxy's.
    /// </returns>
    public static IReadOnlyList<ProxyHop>? Read(StringValues lines)
    {
        var hops = new List<ProxyHop>();
        foreach (var line in lines)
        {
            var rest = line.AsSpan();
            while (true)
            {
                if (Element(ref rest) is not { } hop) return null;
                if (hop != default) hops.Add(hop);
                if (rest.IsEmpty) break;
                rest = rest[1..]; // the comma
            }
        }

        hops.Reverse();
        return hops;
    }

    // Up to the next comma or the end.
    private static ProxyHop? Element(ref ReadOnlySpan<char> rest)
    {
        var hop = default(ProxyHop);
        while (true)
        {
            rest = rest.TrimStart(" \t");
            if (rest.IsEmpty || rest[0] == ',') return hop;
            if (rest[0] != ';')
            {
                var equals = rest.IndexOf('=');
                if (equals <= 0) return null;
                var name = rest[..equals].ToString().ToLowerInvariant();
                rest = rest[(equals + 1)..];
                if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_') || Value(ref rest) is not { } value) return null;
                // Section 4: each parameter at most once in an element.
                if (name switch { "for" => hop.For, "proto" => hop.Proto, "host" => hop.Host, _ => null } is not null) return null;
                hop = name switch { "for" => hop with { For = value }, "proto" => hop with { Proto = value.ToLowerInvariant() }, "host" => hop with { Host = value }, _ => hop };
                rest = rest.TrimStart(" \t");
            }

            if (rest.IsEmpty || rest[0] == ',') return hop;
            if (rest[0] != ';') return null;
            rest = rest[1..];
        }
    }

    private static string? Value(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] != '"')
        {
            var end = rest.IndexOfAny(" \t,;\"");
            var token = end < 0 ? rest : rest[..end];
            rest = rest[token.Length..];
            return token.IsEmpty ? null : token.ToString();
        }

        var text = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return text.ToString();
            }

            if (rest[i] == '\\' && ++i == rest.Length) break;
            text.Append(rest[i]);
        }

        return null;
    }
}
