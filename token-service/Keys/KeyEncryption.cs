using System.Security.Cryptography;
using System.Text;
using FrontDoor.TokenService.Commands;
using FrontDoor.TokenService.Storage;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>Seals private keys for the database: AES-256-GCM, laid out as nonce (12 bytes), tag (16 bytes), ciphertext.</summary>
internal sealed class KeyEncryption(IOptions<KeyOptions> options, DataDirectory data)
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly string _file = options.Value.EncryptionKeyFile ?? data.File("encryption.key");
    private byte[]? _key;

    public byte[] Seal(ReadOnlySpan<byte> plain, string kid)
    {
        var envelope = new byte[NonceSize + TagSize + plain.Length];
        var nonce = envelope.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(Key, TagSize);
        aes.Encrypt(nonce, plain, envelope.AsSpan(NonceSize + TagSize), envelope.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(kid));
        return envelope;
    }

    /// <exception cref="StartupFaultException">The key file is not the one that sealed this envelope.</exception>
    public byte[] Open(ReadOnlySpan<byte> envelope, string kid)
    {
        try
        {
            var plain = new byte[envelope.Length - NonceSize - TagSize];
            using var aes = new AesGcm(Key, TagSize);
            aes.Decrypt(envelope[..NonceSize], envelope[(NonceSize + TagSize)..], envelope[NonceSize..(NonceSize + TagSize)], plain, Encoding.UTF8.GetBytes(kid));
            return plain;
        }
        catch (Exception e) when (e is CryptographicException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new StartupFaultException(
                $"Signing key {kid} in the database cannot be decrypted with {_file}. Restore the encryption key that was in use when it was made.", e);
        }
    }

    private byte[] Key => _key ??= File.Exists(_file) ? Read() : Create();

    private byte[] Read()
    {
        PrivateFile.RequireOwnerOnly(_file, "Encryption key");
        var key = new byte[KeySize];
        return Convert.TryFromBase64String(File.ReadAllText(_file).Trim(), key, out var length) && length == KeySize
            ? key
            : throw new StartupFaultException($"Encryption key {_file} is not {KeySize} bytes of Base64. Make one with: openssl rand -base64 {KeySize}");
    }

    private byte[] Create()
    {
        if (options.Value.EncryptionKeyFile is not null)
            throw new StartupFaultException($"Keys:EncryptionKeyFile names a file that does not exist: {_file}");

        try
        {
            PrivateFile.Write(_file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeySize)));
        }
        catch (IOException) when (File.Exists(_file))
        {
            // Another service that starts on this folder was first.
        }

        // What is on disk is what the next start will read, whoever wrote it.
        return Read();
    }
}
