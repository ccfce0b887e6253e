package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The contract's chapter on keys and listings. */
abstract class ListingContract extends ConditionContract {
    /** A key that a listing cannot return is a file that no sweeper finds. */
    @Test
    void oddKeysComeBackFromListingsReadsAndCopies() {
        List<String> odd = List.of(
                "plain.txt",
                "with space.txt",
                " leading",
                "plus+plus",
                "per%cent",
                "%2F",
                "100%25",
                "ümlaut",
                "日本語",
                "emoji-\uD83D\uDE00",
                "quote\"quote",
                "apos'trophe",
                "amp&amp;<x>",
                "semi;colon",
                "question?mark=1",
                "hash#tag",
                "back\\slash",
                "tilde~",
                "star*",
                "(paren)[br]{ace}",
                "new\nline",
                "tab\tx",
                "comma,a",
                "a:b",
                "@at",
                "dollar$",
                "caret^`|");
        for (String name : odd) {
            put("odd/" + name, name);
        }
        assertThat(keys(ListRequest.under(prefix + "odd/")))
                .containsExactlyInAnyOrderElementsOf(
                        odd.stream().map(name -> key("odd/" + name)).toList());
        for (String name : odd) {
            assertThat(text(key("odd/" + name))).as(name).isEqualTo(name);
            ObjectInfo copy = store().copy(new CopySource(key("odd/" + name), null, null), key("copies/" + name));
            assertThat(text(key("copies/" + name))).as(name).isEqualTo(name);
            assertThat(copy.key()).isEqualTo(key("copies/" + name));
            assertThat(keys(ListRequest.under(prefix + "copies/" + name)))
                    .as(name)
                    .containsExactly(key("copies/" + name));
        }
    }

    /** Code that resumes behind a key relies on the order. */
    @Test
    void listingsAreInTheOrderOfUtf8Bytes() {
        List<String> ordered = List.of("A", "B", "Z0", "a", "a-", "a.", "a0", "aa", "b", "é", "\uFF5E", "\uD83D\uDE00")
                .subList(0, ordersSupplementaryCharacters() ? 12 : 11);
        List<String> shuffled = new ArrayList<>(ordered);
        java.util.Collections.shuffle(shuffled, new Random(7));
        shuffled.forEach(name -> put(name, name));
        List<String> expected = ordered.stream().map(this::key).toList();
        assertThat(keys(ListRequest.under(prefix))).isEqualTo(expected);
        for (int limit : List.of(1, 2, 5, 12, 13)) {
            assertThat(keys(new ListRequest(prefix, null, null, null, limit)))
                    .as("pages of %d", limit)
                    .isEqualTo(expected);
        }
        for (int i = 0; i < expected.size(); i++) {
            assertThat(keys(new ListRequest(prefix, null, expected.get(i), null, 3)))
                    .as("behind number %d", i)
                    .isEqualTo(expected.subList(i + 1, expected.size()));
        }
    }

    /** A folder shown twice, or not at all, at a page's edge. */
    @Test
    void commonPrefixesComeOnceWhateverThePageSize() {
        for (String name : List.of("a/1", "a/2", "a/3", "b", "c/d/e", "c/d/f", "c/g", "d")) {
            put(name, name);
        }
        for (int limit : List.of(1, 2, 3, 4, 1000)) {
            List<String> objects = new ArrayList<>();
            List<String> prefixes = new ArrayList<>();
            String continuation = null;
            do {
                ListPage page = store().list(new ListRequest(prefix, "/", null, continuation, limit));
                assertThat(page.objects().size() + page.commonPrefixes().size())
                        .as("page of %d", limit)
                        .isLessThanOrEqualTo(limit);
                page.objects().forEach(object -> objects.add(object.key()));
                prefixes.addAll(page.commonPrefixes());
                continuation = page.continuation();
            } while (continuation != null);
            assertThat(objects).as("pages of %d", limit).containsExactly(key("b"), key("d"));
            assertThat(prefixes).as("pages of %d", limit).containsExactly(key("a/"), key("c/"));
        }
        assertThat(keys(ListRequest.children(key("c/")))).containsExactly(key("c/g"));
    }

    /** Where a file and a folder of one name are possible, both must stay reachable. */
    @Test
    void aKeyAndKeysBelowItCanCoexist() {
        if (!takesAnyKey()) {
            return;
        }
        put("d", "file");
        put("d/e", "below");
        put("d//f", "empty segment");
        assertThat(keys(ListRequest.under(prefix))).containsExactly(key("d"), key("d//f"), key("d/e"));
        assertThat(text(key("d"))).isEqualTo("file");
    }
}
