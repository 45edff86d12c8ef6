namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>The body of a POST to the orders.</summary>
/// <param name="Item">1 to 200 characters, not all blank.</param>
/// <param name="Quantity">1 to 1000; default 1.</param>
internal sealed record NewOrder(string? Item, int Quantity = 1)
{
    // By hand, where the parameters of other routes carry [Range]: the generated validation passes over internal types
    // without a word, and would name the members Item and Quantity, as no client has sent them.
    public Dictionary<string, string[]> Faults()
    {
        var faults = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(Item) || Item.Length > 200)
        {
            faults["item"] = ["Must have 1 to 200 characters, not all blank."];
        }

        if (Quantity is < 1 or > 1000)
        {
            faults["quantity"] = ["Must be from 1 to 1000."];
        }

        return faults;
    }
}
