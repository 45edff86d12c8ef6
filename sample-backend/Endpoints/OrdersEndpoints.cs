using Microsoft.AspNetCore.Http.HttpResults;

namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>A small resource per user. That reading and writing take different scopes is the gateway's affair, not settled here.</summary>
internal static class OrdersEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/api/orders");
        orders.MapGet("/", (ForwardedIdentity? identity, OrderBook book) => book.List(Owner(identity)));
        orders.MapGet("/{id:long}", Find);
        orders.MapPost("/", Create);
    }

    private static Results<Ok<Order>, NotFound> Find(long id, ForwardedIdentity? identity, OrderBook book) =>
        book.Find(Owner(identity), id) is { } order ? TypedResults.Ok(order) : TypedResults.NotFound();

    private static Results<Created<Order>, ValidationProblem> Create(NewOrder request, ForwardedIdentity? identity, OrderBook book)
    {
        if (request.Faults() is { Count: > 0 } faults)
        {
            return TypedResults.ValidationProblem(faults);
        }

        var order = book.Add(Owner(identity), request.Item ?? "", request.Quantity);
        return TypedResults.Created($"/api/orders/{order.Id}", order);
    }

    // Callers without an identity share the empty name, which no user can have.
    private static string Owner(ForwardedIdentity? identity) => identity?.User ?? "";
}
