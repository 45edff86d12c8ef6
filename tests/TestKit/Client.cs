namespace FrontDoor.TestKit;

public static class Client
{
    /// <summary>A client that follows no redirect and keeps no cookie: a test sees what was answered.</summary>
    public static HttpClient For(Uri address) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    {
        BaseAddress = address,
        Timeout = Until.Patience,
    };
}
