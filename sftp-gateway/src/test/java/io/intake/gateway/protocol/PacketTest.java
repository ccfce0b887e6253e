package io.intake.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A length field that is believed lets a client ask for any amount of memory with four bytes. */
class PacketTest {
    private static PacketReader reader(PacketWriter writer) {
        return new PacketReader(writer.toPacket().position(Integer.BYTES));
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        PacketWriter writer =
                PacketWriter.reply(101, -7).writeLong(Long.MIN_VALUE).writeString("ümläut 日本");
        assertThat(writer.size()).isEqualTo(writer.toPacket().remaining() - Integer.BYTES);
        PacketReader reader = reader(writer);
        assertThat(reader.readByte()).isEqualTo(101);
        assertThat(reader.readInt()).isEqualTo(-7);
        assertThat(reader.readLong()).isEqualTo(Long.MIN_VALUE);
        assertThat(reader.readName()).isEqualTo("ümläut 日本");
        assertThat(reader.remaining()).isZero();
        assertThatThrownBy(reader::readByte).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void lengthsBehindTheEndAreMalformed() {
        for (int length : new int[] {5, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            ByteBuffer packet = ByteBuffer.allocate(8).putInt(0, length);
            assertThatThrownBy(() -> new PacketReader(packet).readBytes())
                    .as("length %d", length)
                    .isInstanceOf(MalformedPacketException.class);
        }
    }

    @Test
    void namesThatAreNotUtf8AreRefused() {
        ByteBuffer packet = ByteBuffer.allocate(6)
                .putInt(2)
                .put((byte) 0xc3)
                .put((byte) 0x28)
                .flip();
        assertThatThrownBy(() -> new PacketReader(packet).readName()).isInstanceOf(SftpException.class);
    }

    @Test
    void anyBytesAreReadOrRefusedAsAttributes() {
        for (long seed = 0; seed < 20_000; seed++) {
            byte[] bytes = new byte[new Random(seed).nextInt(60)];
            new Random(seed).nextBytes(bytes);
            try {
                FileAttributes.read(new PacketReader(ByteBuffer.wrap(bytes)));
            } catch (MalformedPacketException refused) {
                assertThat(refused).as("seed %d", seed).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void attributesComeBackTheSame() throws Exception {
        for (FileAttributes attributes : new FileAttributes[] {
            FileAttributes.folder(null),
            FileAttributes.file(5L << 40, Instant.ofEpochSecond(1_600_000_000)),
            new FileAttributes(null, null, null)
        }) {
            PacketWriter writer = PacketWriter.reply(105, 1);
            attributes.write(writer);
            PacketReader reader = reader(writer);
            reader.readByte();
            reader.readInt();
            assertThat(FileAttributes.read(reader)).isEqualTo(attributes);
        }
    }

    @Test
    void theLongNameIsThatOfLs() {
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        FileAttributes file = FileAttributes.file(1234, Instant.parse("2026-11-02T03:04:05Z"));
        assertThat(LongName.of("x y.csv", file, "st-marys", now))
                .isEqualTo("-rw-r--r--    1 st-marys st-marys     1234 Nov  2 03:04 x y.csv");
        FileAttributes old = FileAttributes.file(0, Instant.parse("2024-02-29T03:04:05Z"));
        assertThat(LongName.of("x", old, "p", now)).endsWith("Feb 29  2024 x");
    }
}
