using System.Text.Encodings.Web;
using FrontDoor.SampleBackend;
using FrontDoor.SampleBackend.Endpoints;

if (args is ["healthcheck", .. var rest])
{
    return await HealthCheckVerb.RunAsync(rest);
}

var builder = WebApplication.CreateBuilder(args);
builder.UseDefaultUrl();

// One bound for every route; what exceeds it is answered 413 by Kestrel.
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1024 * 1024);

// Development would throw on bad input and make a 500 of it; here bad input is a 400 in every environment.
builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = false);
// The answers are read by people: show & and é as they are. Nothing here is ever embedded in HTML.
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
builder.Services.AddProblemDetails();
builder.Services.AddValidation();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<ServedRequests>();
builder.Services.AddSingleton<OrderBook>();
builder.AddInternalTokens();

var app = builder.Build();

app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseServedRequests();
app.UseInternalTokens();
app.UseWebSockets();

app.MapHealth();
app.MapEcho();
app.MapProfile();
app.MapOrders();
app.MapAdmin();
app.MapSlow();
app.MapFlaky();
app.MapEvents();
app.MapSocket();

await app.RunAsync();
return 0;
