namespace FrontDoor.Gateway.Edge;

/// <summary>
/// RFC 9110 section 7.6.1: an intermediary removes the fields that Connection names. Done on arrival, so that nothing named there
/// leaks to a back end and nothing the gateway adds later is removed (CVE-2021-32813, CVE-2024-45410).
/// </summary>
internal static class ConnectionField
{
    /// <returns>False when it names a field that frames or routes the message, which no honest sender does.</returns>
    public static bool RemoveNominated(IHeaderDictionary headers)
    {
        var connection = headers.Connection;
        if (connection.Count == 0 || connection is ["keep-alive" or "close" or "Upgrade"]) return true;

        foreach (var option in headers.GetCommaSeparatedValues("Connection"))
        {
            switch (option.ToLowerInvariant())
            {
                case "close" or "keep-alive" or "upgrade" or "http2-settings" or "te":
                    continue;
                case "host" or "content-length" or "transfer-encoding" or "content-type":
                    return false;
                default:
                    headers.Remove(option);
                    break;
            }
        }

        return true;
    }
}
