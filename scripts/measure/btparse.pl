# What biber's own parser reads: for each file named on standard input, one JSON object on a line.
# Values have their @strings put in; entries are given as [line, type, key, {field: value}].
use strict;
use warnings;
use JSON::PP;
use Text::BibTeX qw(:metatypes :macrosubs);
open STDERR, '>', '/dev/null';
my $json = JSON::PP->new->latin1->allow_nonref;
while (my $path = <STDIN>) {
    chomp $path;
    Text::BibTeX::delete_all_macros();
    my $number = 0;
    add_macro_text($_, $_) for qw(jan feb mar apr may jun jul aug sep oct nov dec);
    my @entries;
    my $refused = 0;
    my $file = Text::BibTeX::File->new($path);
    if ($file) {
        while (my $entry = Text::BibTeX::Entry->new($file)) {
            if (!$entry->parse_ok) { $refused++; next; }
            next unless $entry->metatype == BTE_REGULAR and defined $entry->key;
            my %fields = map { $_ => scalar $entry->get($_) } $entry->fieldlist;
            push @entries, [scalar $entry->line, lc $entry->type, scalar $entry->key, \%fields];
        }
    }
    print $json->encode({ path => $path, refused => $refused, entries => \@entries }), "\n";
}
