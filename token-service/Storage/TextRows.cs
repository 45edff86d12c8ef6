using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Storage;

/// <summary>Many texts as one parameter of a statement, so that one statement inserts a row for each, whatever their number.</summary>
internal static class TextRows
{
    /// <returns>What the parameter holds.</returns>
    public static string Of(IEnumerable<string> texts) => JsonSerializer.Serialize(texts);

    /// <summary>What a statement reads the texts from; each row has a column <c>value</c>.</summary>
    /// <param name="parameter">The parameter as the statement writes it.</param>
    public static string From(TokenDb db, string parameter) =>
        db.Database.IsNpgsql() ? $"jsonb_array_elements_text(CAST({parameter} AS jsonb)) AS texts(value)" : $"json_each({parameter})";
}
