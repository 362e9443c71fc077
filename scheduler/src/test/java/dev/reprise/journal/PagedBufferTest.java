package dev.reprise.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagedBufferTest {
  private static final int PAGE = 64 << 10;

  private final PagedBuffer buffer = new PagedBuffer();
  private final ByteArrayOutputStream expected = new ByteArrayOutputStream();
  private final Slow channel = new Slow();

  /** Takes at most 40,000 bytes at a time. */
  private static final class Slow implements WritableByteChannel {
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @Override
    public int write(ByteBuffer from) {
      byte[] part = new byte[Math.min(40_000, from.remaining())];
      from.get(part);
      taken.writeBytes(part);
      return part.length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private void put(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    buffer.put(bytes, length);
    expected.writeBytes(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, 40 * PAGE + 7})
  void transfer_anyLength_writesWhatWasPutInOrder(int length) throws IOException {
    put(3);
    put(length);
    put(5);
    assertThat(buffer.size()).isEqualTo(length + 8);

    List<Integer> writes = new ArrayList<>();
    buffer.transfer(channel, writes::add);

    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(writes.stream().mapToInt(each -> each).sum()).isEqualTo(length + 8);
    assertThat(buffer.size()).isZero();
  }

  @Test
  void putInt_acrossPages_isBigEndian() throws IOException {
    put(PAGE - 2);
    buffer.putInt(0x01_02_03_fe);

    buffer.transfer(channel, count -> {});

    expected.writeBytes(new byte[] {1, 2, 3, (byte) 0xfe});
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void put_afterTransferAndClear_beginsAnew() throws IOException {
    put(2 * PAGE);
    buffer.transfer(channel, count -> {});
    buffer.put(new byte[PAGE + 9], PAGE + 9);
    buffer.clear();
    put(70_000);

    buffer.transfer(channel, count -> {});

    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void transfer_channelFails_throwsWhatItThrew() {
    put(10);
    WritableByteChannel full =
        new WritableByteChannel() {
          @Override
          public int write(ByteBuffer from) throws IOException {
            throw new IOException("no space left");
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };

    assertThatThrownBy(() -> buffer.transfer(full, count -> {})).hasMessage("no space left");
  }
}
