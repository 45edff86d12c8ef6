namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>Orders in memory, bounded: the oldest order of a user makes room, and the user who has not ordered for longest.</summary>
internal sealed class OrderBook(TimeProvider clock)
{
    private const int MaxOrdersPerUser = 100;
    private const int MaxUsers = 1000;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, Queue<Order>> _byUser = new(StringComparer.Ordinal);
    private long _lastId;

    public Order Add(string user, string item, int quantity)
    {
        lock (_gate)
        {
            var orders = MoveToEnd(user);
            if (orders.Count == MaxOrdersPerUser)
            {
                orders.Dequeue();
            }

            var order = new Order(++_lastId, item, quantity, clock.GetUtcNow());
            orders.Enqueue(order);
            return order;
        }
    }

    public IReadOnlyList<Order> List(string user)
    {
        lock (_gate)
        {
            return _byUser.TryGetValue(user, out var orders) ? [.. orders] : [];
        }
    }

    public Order? Find(string user, long id) => List(user).FirstOrDefault(order => order.Id == id);

    private Queue<Order> MoveToEnd(string user)
    {
        if (!_byUser.Remove(user, out var orders))
        {
            orders = new Queue<Order>();
            if (_byUser.Count == MaxUsers)
            {
                _byUser.RemoveAt(0);
            }
        }

        _byUser.Add(user, orders);
        return orders;
    }
}

internal sealed record Order(long Id, string Item, int Quantity, DateTimeOffset CreatedAt);
