//! Brings the mentions of one person inside a document together.

mod cluster;
mod full;
mod short;

pub use cluster::Cluster;

use super::Authority;
use super::mentions::Candidate;
use cluster::fullest;
use full::{ByWord, has_given_and_father, is_given_and_father, place};
use short::attach;

/// Full mentions of one name first, then the short ones to them. At most `most` people are told apart; a directory has more,
/// and the rest of it is left.
pub fn bring_together(candidates: Vec<Candidate>, authority: &Authority, most: usize) -> Vec<Cluster> {
    let (full, short): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(|c| c.full);
    let mut clusters: Vec<Cluster> = Vec::new();
    let (with_father, full): (Vec<Candidate>, Vec<Candidate>) =
        full.into_iter().partition(|c| is_given_and_father(&c.name));
    let mut by_word = ByWord::default();
    for candidate in full {
        place(&mut clusters, &mut by_word, candidate, most);
    }
    for candidate in with_father {
        let mut fitting = clusters.iter_mut().filter(|cluster| has_given_and_father(cluster, &candidate.name));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => {
                let why = format!(
                    "“{}”: given name and father’s name of “{}”",
                    candidate.text, only.mentions[only.fullest].text
                );
                only.take(candidate, why);
            }
            _ => place(&mut clusters, &mut by_word, candidate, most),
        }
    }
    let known_here = clusters.len();
    for candidate in short {
        attach(&mut clusters, known_here, candidate, authority, most);
    }
    for cluster in &mut clusters {
        cluster.mentions.sort_by_key(|m| (m.field, m.start));
        cluster.fullest = fullest(&cluster.mentions);
    }
    in_order(clusters)
}

/// In order of their first mentions; who is named by number is so still.
fn in_order(clusters: Vec<Cluster>) -> Vec<Cluster> {
    let mut order: Vec<usize> = (0..clusters.len()).collect();
    order.sort_by_key(|at| clusters[*at].mentions.first().map(|m| (m.field, m.start)));
    let mut places = vec![0; order.len()];
    order.iter().enumerate().for_each(|(new, old)| places[*old] = new);
    let mut sorted: Vec<(usize, Cluster)> = clusters.into_iter().enumerate().map(|(at, c)| (places[at], c)).collect();
    sorted.sort_unstable_by_key(|(place, _)| *place);
    let mut clusters: Vec<Cluster> = sorted.into_iter().map(|(_, cluster)| cluster).collect();
    clusters.iter_mut().flat_map(|cluster| &mut cluster.rivals).for_each(|rival| *rival = places[*rival]);
    clusters
}
