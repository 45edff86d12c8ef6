namespace FrontDoor.SampleBackend;

/// <summary>Which back end answered, so that balancing and failover can be seen.</summary>
/// <param name="Name">The setting <c>Instance</c>, or <c>sample-backend:</c> and the local port of the connection.</param>
internal sealed record Instance(string Name)
{
    public static ValueTask<Instance?> BindAsync(HttpContext context)
    {
        var configured = context.RequestServices.GetRequiredService<IConfiguration>()["Instance"];
        var name = string.IsNullOrWhiteSpace(configured) ? $"sample-backend:{context.Connection.LocalPort}" : configured;
        return ValueTask.FromResult<Instance?>(new Instance(name));
    }
}
