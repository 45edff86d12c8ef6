using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>What a conditional request comes to.</summary>
internal enum Precondition
{
    /// <summary>Answer as if there were no condition.</summary>
    Holds,

    /// <summary>304.</summary>
    NotModified,

    /// <summary>412.</summary>
    Failed,
}

/// <summary>Conditional requests in the order of RFC 9110 section 13.2.2.</summary>
internal static class Preconditions
{
    /// <param name="request">The request's fields; GET or HEAD.</param>
    /// <param name="tag">Of the selected representation.</param>
    /// <param name="lastModified">Of the selected representation, whole seconds.</param>
    public static Precondition Judge(IHeaderDictionary request, EntityTagHeaderValue tag, DateTimeOffset lastModified)
    {
        var (ifMatch, ifNoneMatch) = (request.IfMatch, request.IfNoneMatch);
        if (ifMatch.Count > 0)
        {
            if (!Matches(ifMatch, tag, strongly: true)) return Precondition.Failed;
        }
        else if (IsDate(request.IfUnmodifiedSince, out var unmodifiedSince) && lastModified > unmodifiedSince)
        {
            return Precondition.Failed;
        }

        // Weakly: a CDN that compresses makes a tag weak (section 13.1.2). If-Modified-Since beside it is ignored (section 13.1.3).
        if (ifNoneMatch.Count > 0) return Matches(ifNoneMatch, tag, strongly: false) ? Precondition.NotModified : Precondition.Holds;
        return IsDate(request.IfModifiedSince, out var modifiedSince) && lastModified <= modifiedSince ? Precondition.NotModified : Precondition.Holds;
    }

    /// <summary>Whether a range may be sent to one who has a part of this version (RFC 9110 section 13.1.5: strong tag or exact date).</summary>
    public static bool AllowsRange(StringValues ifRange, EntityTagHeaderValue tag, DateTimeOffset lastModified)
    {
        if (ifRange.Count == 0) return true;
        return RangeConditionHeaderValue.TryParse(ifRange.ToString(), out var condition)
            && (condition.EntityTag?.Compare(tag, useStrongComparison: true) ?? condition.LastModified == lastModified);
    }

    private static bool Matches(StringValues field, EntityTagHeaderValue tag, bool strongly)
    {
        if (field.Count == 1 && tag.Tag.Equals(field[0])) return true;
        return EntityTagHeaderValue.TryParseList(field, out var tags)
            && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, strongly));
    }

    private static bool IsDate(StringValues field, out DateTimeOffset date)
    {
        date = default;
        return field.Count == 1 && HeaderUtilities.TryParseDate(field.ToString(), out date);
    }
}
