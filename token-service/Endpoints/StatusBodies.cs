using Microsoft.AspNetCore.Diagnostics;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>What routing refuses by itself, without a body, gets the one that Django REST framework would give.</summary>
internal static class StatusBodies
{
    public static void UseStatusBodies(this WebApplication app) => app.UseStatusCodePages(FillAsync);

    private static Task FillAsync(StatusCodeContext refused)
    {
        var context = refused.HttpContext;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Answer.Fault(StatusCodes.Status404NotFound, "Not found.").ExecuteAsync(context),
            StatusCodes.Status405MethodNotAllowed =>
                Answer.Fault(StatusCodes.Status405MethodNotAllowed, $"Method \"{context.Request.Method}\" not allowed.").ExecuteAsync(context),
            _ => Task.CompletedTask,
        };
    }
}
