using System.Text.Json;

namespace FrontDoor.TokenService.Commands;

/// <summary>What a command did: a sentence for people, or JSON for programs, on standard output.</summary>
internal static class Report
{
    public static void Write(bool asJson, object view, string text) => Console.WriteLine(asJson ? JsonSerializer.Serialize(view, AdminCommands.JsonOutput) : text);
}
