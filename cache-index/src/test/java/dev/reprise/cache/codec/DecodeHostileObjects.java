package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.io.Output;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Reads bytes that are made to do harm, in a JVM with little memory and a small stack. Prints a
 * line for each that is not refused as it should be.
 */
public final class DecodeHostileObjects {
  private static final int HUGE = Integer.MAX_VALUE;
  private static final byte DEFINED_HERE = 1;

  private final KryoCodec codec = new KryoCodec(RegisteredTypes.NONE);

  private DecodeHostileObjects() {}

  /** Reads all of them; the first argument seeds the random ones. */
  public static void main(String[] args) throws Exception {
    DecodeHostileObjects hostile = new DecodeHostileObjects();
    hostile.bombs();
    hostile.flips(new Random(Long.parseLong(args[0])));
    System.out.println("done");
  }

  private void bombs() {
    List<String> counted =
        List.of(
            "string",
            "byte[]",
            "boolean[]",
            "short[]",
            "char[]",
            "int[]",
            "long[]",
            "float[]",
            "double[]",
            "array-list",
            "linked-list",
            "hash-set",
            "set",
            "list",
            "tree-set",
            "hash-map",
            "map",
            "tree-map",
            "concurrent-map",
            "big-integer",
            "bit-set",
            "uri");
    for (String form : counted) {
      Output output = new Output(64);
      begin(output, form);
      output.writeVarLong(form.equals("string") || form.equals("uri") ? 2L * HUGE : HUGE, true);
      mustBeRefused(form + " that declares 2 GB", output.toBytes());
    }
    Output array = new Output(64);
    begin(array, "array");
    Parts.writeText(array, "java.lang.Object[][][]");
    array.writeVarInt(HUGE, true);
    mustBeRefused("array that declares 2 GB", array.toBytes());

    Output nested = new Output(64, 1 << 24);
    begin(nested, "array-list");
    nested.writeVarInt(1, true);
    for (int i = 0; i < 1_000_000; i++) {
      nested.writeVarInt(2, true); // again the first form
      nested.writeVarInt(1, true);
    }
    mustBeRefused("lists a million deep", nested.toBytes());

    Output name = new Output(64);
    name.writeByte(DEFINED_HERE);
    Parts.writeText(name, "record java.lang.Runtime");
    mustBeRefused("class that is not registered", name.toBytes());
    mustBeRefused("nothing", new byte[0]);
    mustBeRefused("form out of range", new byte[] {5});
  }

  private static void begin(Output output, String form) {
    output.writeByte(DEFINED_HERE);
    Parts.writeText(output, form);
  }

  /** Finding 6: Kryo does not notice most flipped bits. It must do no harm with any of them. */
  private void flips(Random random) throws IOException {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("list", new ArrayList<>(List.of(1, "two", 3.0)));
    value.put("array", new Object[] {new int[] {1, 2, 3}, new long[2], "x"});
    value.put("map", Map.of("a", List.of(), "b", java.util.Optional.of(5L)));
    byte[] whole = ArrayPayload.of(codec, value).array();
    for (int i = 0; i < whole.length * 8; i++) {
      byte[] damaged = whole.clone();
      damaged[i / 8] ^= (byte) (1 << (i % 8));
      tryToRead("flip of bit " + i, damaged);
    }
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = whole.clone();
      for (int flips = random.nextInt(5); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      tryToRead("random damage", damaged);
    }
  }

  private void mustBeRefused(String what, byte[] bytes) {
    try {
      codec.decode(new ArrayPayload(bytes));
      System.out.println(what + " was read");
    } catch (UndecodableException e) {
      // as it should be
    } catch (IOException | RuntimeException | Error e) {
      System.out.println(what + " ended in " + e);
    }
  }

  private void tryToRead(String what, byte[] bytes) {
    try {
      codec.decode(new ArrayPayload(bytes));
    } catch (UndecodableException e) {
      // as it should be
    } catch (IOException | RuntimeException | Error e) {
      System.out.println(what + " ended in " + e);
    }
  }
}
