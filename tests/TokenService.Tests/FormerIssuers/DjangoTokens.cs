using System.Text;
using FrontDoor.TestKit;

namespace FrontDoor.TokenService.Tests.FormerIssuers;

/// <summary>The tokens of a Django site: header and claims exactly as simplejwt writes them (contract, section 5).</summary>
internal static class DjangoTokens
{
    /// <summary>A SECRET_KEY as Django's startproject makes them.</summary>
    public const string SigningKey = "django-insecure-4r#0k&x(7q$u!e%z2m)w@l^9c*b+t=hn_dy5gsvo8jf3ai";

    /// <param name="now">When it is issued.</param>
    /// <param name="type">The <c>token_type</c>.</param>
    /// <param name="user">The <c>user_id</c>: a number before simplejwt 5.5.1, then text.</param>
    /// <param name="change">What the test is about.</param>
    /// <param name="key">Another key.</param>
    public static string Token(DateTimeOffset now, string type = "refresh", object? user = null, Action<Dictionary<string, object?>>? change = null, string key = SigningKey)
    {
        var claims = new Dictionary<string, object?>
        {
            ["token_type"] = type,
            ["exp"] = now.AddHours(type == "refresh" ? 24 : 1).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["user_id"] = user ?? 17,
        };
        change?.Invoke(claims);
        return Hmac.Sign(Encoding.UTF8.GetBytes(key), new Dictionary<string, object?> { ["alg"] = "HS256", ["typ"] = "JWT" }, claims);
    }
}
