package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.plan.CompositeRecord.Generation;
import dev.reprise.plan.CompositeRecord.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

class CompositeRecordTest {
  private static Fingerprint digest(Random random) {
    byte[] bytes = new byte[Fingerprint.BYTES];
    random.nextBytes(bytes);
    return Fingerprint.of(bytes);
  }

  private static CompositeRecord record(Random random) {
    CompositeRecord record = CompositeRecord.EMPTY;
    for (int i = random.nextInt(3); i > 0; i--) {
      record = record.with(new Generation(digest(random), parts(random)));
    }
    return record;
  }

  private static List<Part> parts(Random random) {
    List<Part> parts = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      int units = random.nextInt(4);
      List<Fingerprint> keys = new ArrayList<>();
      List<Fingerprint> contents = new ArrayList<>();
      for (int j = random.nextBoolean() ? units : 0; j > 0; j--) {
        keys.add(digest(random));
        contents.add(digest(random));
      }
      parts.add(new Part(units, keys, contents));
    }
    return parts;
  }

  @SeededTest
  void record_encodedAndDecoded_isTheSame(Random random) throws Exception {
    CompositeRecord record = record(random);
    Fingerprint id = digest(random);
    assertThat(CompositeRecord.decode(record.encode(id), id)).isEqualTo(record);
  }

  @SeededTest
  void generations_moreThanEightOrOfManyBytes_areTheNewest(Random random) {
    CompositeRecord record = CompositeRecord.EMPTY;
    List<Fingerprint> of = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      of.add(0, digest(random));
      record = record.with(new Generation(of.get(0), parts(random)));
    }
    assertThat(record.generations()).extracting(Generation::of).isEqualTo(of.subList(0, 8));
    record = record.with(new Generation(of.get(3), List.of())).without(of.get(0));
    assertThat(record.generations()).hasSize(7);
    assertThat(record.find(of.get(0))).isNull();
    assertThat(record.generations().get(0).of()).isEqualTo(of.get(3));
    List<Fingerprint> many = Collections.nCopies(4096, of.get(1));
    for (int i = 0; i < 4; i++) {
      record = record.with(new Generation(of.get(10 + i), List.of(new Part(4096, many, many))));
    }
    assertThat(record.generations()).as("bounded by its bytes").hasSize(1);
  }

  @SeededTest
  void record_damagedCutOrOfAnotherId_isABadRecord(Random random) {
    Fingerprint id = digest(random);
    byte[] good = record(random).encode(id).array();
    byte[] flipped = good.clone();
    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    byte[] cut = Arrays.copyOf(good, random.nextInt(good.length));
    byte[] noise = new byte[random.nextInt(200)];
    random.nextBytes(noise);
    for (byte[] bad : List.of(flipped, cut, noise)) {
      assertThatExceptionOfType(BadRecordException.class)
          .isThrownBy(() -> CompositeRecord.decode(Bytes.wrap(bad), id));
    }
    assertThatExceptionOfType(BadRecordException.class)
        .isThrownBy(() -> CompositeRecord.decode(Bytes.wrap(good), digest(random)));
  }
}
