using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Passwords that guessers try first (NIST SP 800-63B section 3.1.1.2): the words in <c>common-passwords.txt</c>, also with a few digits or signs behind
/// them, and the lines of <see cref="UserOptions.CommonPasswordsFile"/>.
/// </summary>
internal sealed class CommonPasswords(IOptions<UserOptions> options)
{
    private const int LongestTail = 4;

    private readonly HashSet<string> _words = [.. Embedded().Select(Fold)];
    private readonly HashSet<string> _listed = options.Value.CommonPasswordsFile is { } file ? [.. File.ReadLines(file).Select(Fold)] : [];

    public bool Contains(string password)
    {
        var folded = Fold(password);
        if (_words.Contains(folded) || _listed.Contains(folded)) return true;
        var word = folded.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '!', '?', '.', '@', '#', '$', '*', '_', '-');
        return folded.Length - word.Length <= LongestTail && _words.Contains(word);
    }

    private static string Fold(string text) => text.Trim().ToLowerInvariant();

    private static IEnumerable<string> Embedded()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) yield return line;
    }
}
