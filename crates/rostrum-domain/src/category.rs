//! Apple's list of podcast categories, which every directory uses (case-sensitive in feeds).

/// A category with its subcategories.
pub type Group = (&'static str, &'static [&'static str]);

/// The whole list in Apple's order.
pub const GROUPS: &[Group] = &[
    ("Arts", &["Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"]),
    ("Business", &["Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"]),
    ("Comedy", &["Comedy Interviews", "Improv", "Stand-Up"]),
    ("Education", &["Courses", "How To", "Language Learning", "Self-Improvement"]),
    ("Fiction", &["Comedy Fiction", "Drama", "Science Fiction"]),
    ("Government", &[]),
    ("Health & Fitness", &["Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"]),
    ("History", &[]),
    ("Kids & Family", &["Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"]),
    (
        "Leisure",
        &["Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden", "Video Games"],
    ),
    ("Music", &["Music Commentary", "Music History", "Music Interviews"]),
    (
        "News",
        &[
            "Business News",
            "Daily News",
            "Entertainment News",
            "News Commentary",
            "Politics",
            "Sports News",
            "Tech News",
        ],
    ),
    (
        "Religion & Spirituality",
        &["Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"],
    ),
    (
        "Science",
        &[
            "Astronomy",
            "Chemistry",
            "Earth Sciences",
            "Life Sciences",
            "Mathematics",
            "Natural Sciences",
            "Nature",
            "Physics",
            "Social Sciences",
        ],
    ),
    ("Society & Culture", &["Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"]),
    (
        "Sports",
        &[
            "Baseball",
            "Basketball",
            "Cricket",
            "Fantasy Sports",
            "Football",
            "Golf",
            "Hockey",
            "Rugby",
            "Running",
            "Soccer",
            "Swimming",
            "Tennis",
            "Volleyball",
            "Wilderness",
            "Wrestling",
        ],
    ),
    ("Technology", &[]),
    ("True Crime", &[]),
    ("TV & Film", &["After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"]),
];

/// A category of the list, `Group` or `Group > Subcategory` in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Category {
    /// The group.
    pub group: &'static str,
    /// The subcategory, if one was chosen.
    pub sub: Option<&'static str>,
}

impl Category {
    /// The category written as `Group` or `Group > Subcategory`; none if the list does not have it.
    pub fn parse(text: &str) -> Option<Self> {
        let (group, sub) = match text.split_once(" > ") {
            Some((group, sub)) => (group, Some(sub)),
            None => (text, None),
        };
        let (group, subs) = GROUPS.iter().find(|(name, _)| *name == group)?;
        let sub = match sub {
            Some(sub) => Some(*subs.iter().find(|name| **name == sub)?),
            None => None,
        };
        Some(Self { group, sub })
    }
}

/// Every category in text, for a list to choose from.
pub fn all() -> Vec<String> {
    GROUPS
        .iter()
        .flat_map(|(group, subs)| {
            std::iter::once((*group).to_owned()).chain(subs.iter().map(move |sub| format!("{group} > {sub}")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_category_parses() {
        assert!(all().iter().all(|text| Category::parse(text).is_some()));
        assert_eq!(Category::parse("News > Tech News"), Some(Category { group: "News", sub: Some("Tech News") }));
        assert_eq!(Category::parse("news"), None);
        assert_eq!(Category::parse("News > Golf"), None);
    }
}
