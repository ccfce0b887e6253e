package io.intake.processors.unzip;

import com.github.luben.zstd.ZstdOutputStream;
import io.intake.processors.unzip.Samples.File;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import net.lingala.zip4j.io.outputstream.ZipOutputStream;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.AesKeyStrength;
import net.lingala.zip4j.model.enums.AesVersion;
import net.lingala.zip4j.model.enums.CompressionMethod;
import net.lingala.zip4j.model.enums.EncryptionMethod;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.XZOutputStream;

/** Makes archives of methods and with passwords that java.util.zip does not write. */
enum Packing {
    STORED(0) {
        @Override
        byte[] pack(byte[] bytes) {
            return bytes;
        }
    },
    DEFLATED(8) {
        @Override
        byte[] pack(byte[] bytes) {
            return deflated(bytes, Deflater.DEFAULT_STRATEGY);
        }
    },
    /** Without matches, of which alone the two formats think differently. */
    DEFLATE64(9) {
        @Override
        byte[] pack(byte[] bytes) {
            return deflated(bytes, Deflater.HUFFMAN_ONLY);
        }
    },
    BZIP2(12) {
        @Override
        byte[] pack(byte[] bytes) {
            return Streams.packed(bytes, BZip2CompressorOutputStream::new);
        }
    },
    LZMA(14) {
        @Override
        byte[] pack(byte[] bytes) {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            LZMA2Options options = new LZMA2Options();
            int dictionary = options.getDictSize();
            int properties = (options.getPb() * 5 + options.getLp()) * 9 + options.getLc();
            target.writeBytes(new byte[] {16, 2, 5, 0, (byte) properties});
            for (int i = 0; i < 4; i++) {
                target.write(dictionary >>> (8 * i));
            }
            try (LZMAOutputStream stream = new LZMAOutputStream(target, options, false)) {
                stream.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return target.toByteArray();
        }
    },
    XZ(95) {
        @Override
        byte[] pack(byte[] bytes) {
            return Streams.packed(bytes, target -> new XZOutputStream(target, new LZMA2Options()));
        }
    },
    ZSTANDARD(93) {
        @Override
        byte[] pack(byte[] bytes) {
            return Streams.packed(bytes, ZstdOutputStream::new);
        }
    },
    OLD_ZSTANDARD(20) {
        @Override
        byte[] pack(byte[] bytes) {
            return ZSTANDARD.pack(bytes);
        }
    };

    final int method;

    Packing(int method) {
        this.method = method;
    }

    abstract byte[] pack(byte[] bytes);

    private static byte[] deflated(byte[] bytes, int strategy) {
        Deflater deflater = new Deflater(6, true);
        deflater.setStrategy(strategy);
        return Streams.packed(bytes, target -> new DeflaterOutputStream(target, deflater));
    }

    /** An archive of this method. */
    byte[] zip(File... files) {
        SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(channel)) {
            for (File file : files) {
                byte[] packed = pack(file.bytes());
                ZipArchiveEntry entry = new ZipArchiveEntry(file.name());
                entry.setMethod(method);
                entry.setSize(file.bytes().length);
                entry.setCompressedSize(packed.length);
                entry.setCrc(Samples.crc(file.bytes()));
                if (this == LZMA) {
                    // it says where it ends; the library writes this bit itself, and not as we need it
                    entry.getGeneralPurposeBit().useDataDescriptor(false);
                }
                zip.addRawArchiveEntry(entry, new ByteArrayInputStream(packed));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.copyOf(channel.array(), (int) channel.size());
    }

    /** How an archive is protected. */
    enum Lock {
        ZIP_CRYPTO(EncryptionMethod.ZIP_STANDARD, AesKeyStrength.KEY_STRENGTH_256, AesVersion.ONE),
        AE1_128(EncryptionMethod.AES, AesKeyStrength.KEY_STRENGTH_128, AesVersion.ONE),
        AE1_256(EncryptionMethod.AES, AesKeyStrength.KEY_STRENGTH_256, AesVersion.ONE),
        AE2_128(EncryptionMethod.AES, AesKeyStrength.KEY_STRENGTH_128, AesVersion.TWO),
        AE2_256(EncryptionMethod.AES, AesKeyStrength.KEY_STRENGTH_256, AesVersion.TWO);

        private final EncryptionMethod method;
        private final AesKeyStrength strength;
        private final AesVersion version;

        Lock(EncryptionMethod method, AesKeyStrength strength, AesVersion version) {
            this.method = method;
            this.strength = strength;
            this.version = version;
        }

        byte[] zip(String password, CompressionMethod compression, File... files) {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            try (ZipOutputStream zip = new ZipOutputStream(target, password.toCharArray())) {
                for (File file : files) {
                    ZipParameters parameters = new ZipParameters();
                    parameters.setFileNameInZip(file.name());
                    parameters.setCompressionMethod(compression);
                    parameters.setEncryptFiles(true);
                    parameters.setEncryptionMethod(method);
                    parameters.setAesKeyStrength(strength);
                    parameters.setAesVersion(version);
                    if (compression == CompressionMethod.STORE) {
                        parameters.setEntrySize(file.bytes().length);
                        parameters.setEntryCRC(Samples.crc(file.bytes()));
                    }
                    zip.putNextEntry(parameters);
                    // the library encrypts in place
                    zip.write(file.bytes().clone());
                    zip.closeEntry();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return target.toByteArray();
        }
    }
}
